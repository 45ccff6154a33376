package cost

// IdleLine is one kind of unit that is paid though nobody comes.
type IdleLine struct {
	Line
	AfterFreeUSD float64 `json:"afterFreeTiersUSD"`
}

// IdleBill is a month in which nobody comes.
type IdleBill struct {
	Edge         bool       `json:"edge"` // with edge.yaml
	Zone         bool       `json:"zone"` // with a zone of Route 53
	Lines        []IdleLine `json:"lines"`
	TotalUSD     float64    `json:"totalUSD"`
	AfterFreeUSD float64    `json:"afterFreeTiersUSD"`
}

// Idle computes what a stack costs in a month in which nobody comes: at list prices, and where nothing else in the account has used the free
// tiers that do not end. edge is CloudFront with its firewall in front; zone is a zone of Route 53 for it alone.
func Idle(edge, zone bool) IdleBill {
	u := usage{}
	u.standing(alarmMetrics)
	if zone {
		u.add(Zone, 1)
	}
	if edge {
		u.add(Secret, 1)
		u.add(Firewall, 1)
		u.add(FirewallRule, edgeRules)
	}
	b := IdleBill{Edge: edge, Zone: zone}
	for i, l := range u.lines {
		paid := IdleLine{l, afterFree(u.prices[i], l.Units)}
		b.Lines = append(b.Lines, paid)
		b.TotalUSD += paid.USD
		b.AfterFreeUSD += paid.AfterFreeUSD
	}
	return b
}

func afterFree(p Price, units float64) float64 {
	if p == Dashboard && dashboardMetrics > freeDashboard {
		return units / p.Per * p.USD
	}
	return max(0, units-free[p]) / p.Per * p.USD
}
