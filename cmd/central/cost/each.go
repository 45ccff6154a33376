package cost

import "slices"

// Share is what one kind of thing costs of a whole.
type Share struct {
	Name string  `json:"name"`
	USD  float64 `json:"usd"`
}

// PerMillion is what a million runs of each counted operation cost, by the service that takes it.
func PerMillion() map[string][]Share {
	all := map[string][]Share{}
	for _, o := range Counted() {
		u := usage{}
		u.run(stepOf(o.Name), 1e6)
		all[o.Name] = u.shares()
	}
	return all
}

// documentsOfGoal is how many documents the onboarding of the goal has: an individual's, who proves who and where they are.
const documentsOfGoal = 2

// Onboarding is what a million completed onboardings cost without messages, by what asks for it: the requests of a program that makes each step
// once, then what comes on top in a browser, in storage and in a scanner. The goal is about the first two.
func Onboarding() (requests, documents, browser, scanner []Share) {
	const n = 1e6
	u := usage{}
	for _, r := range []times{
		{captcha, 1}, {signup, 1}, {verify, 1}, {login, 1}, {whoAmI, 2}, {codeSent, 1}, {codeProven, 1}, {details, 1}, {caseSaved, 1}, {caseRead, 2},
		{formMade, documentsOfGoal}, {uploadDone, documentsOfGoal}, {submitted, 1},
	} {
		u.run(r.step, n*r.times)
	}
	d := usage{}
	d.add(PutRequest, n*documentsOfGoal)
	for _, s := range []step{uploaded, scanned, rendered} {
		d.run(s, n*documentsOfGoal)
	}
	b := usage{}
	b.run(page, n*(filesOfAll+pagesSignup+pagesMember+pagesKYC))
	b.add(OutGB, n*(filesKB+(pagesSignup+pagesMember+pagesKYC)*pageKB)/1e6)
	g := usage{}
	g.add(Scan, n*documentsOfGoal)
	g.add(ScanGB, n*documentsOfGoal*Defaults().DocumentMB/1e3)
	return u.shares(), d.shares(), b.shares(), g.shares()
}

// What an active user does in a month.
const (
	monthLogins    = 2
	monthRefreshes = 30
	monthReads     = 30
)

// ActiveMonth is what a million active users cost in a month, by service: two log-ins, thirty renewals of tokens, thirty reads of the account.
func ActiveMonth() []Share {
	const n = 1e6
	u := usage{}
	u.run(login, n*monthLogins)
	u.run(refreshed, n*monthRefreshes)
	u.run(whoAmI, n*monthReads)
	u.stored(n * (accountKB + activityKB) / 1e6)
	return u.shares()
}

// shares adds the lines up by service, the dearest first.
func (u *usage) shares() []Share {
	var all []Share
	for _, l := range u.lines {
		if i := slices.IndexFunc(all, func(s Share) bool { return s.Name == l.Service }); i >= 0 {
			all[i].USD += l.USD
		} else {
			all = append(all, Share{l.Service, l.USD})
		}
	}
	slices.SortStableFunc(all, func(a, b Share) int {
		switch {
		case a.USD > b.USD:
			return -1
		case a.USD < b.USD:
			return 1
		}
		return 0
	})
	return all
}

// Sum is what shares cost together.
func Sum(all ...[]Share) float64 {
	sum := 0.0
	for _, list := range all {
		for _, s := range list {
			sum += s.USD
		}
	}
	return sum
}

// Load is one kind of request or event of many people, and what it takes.
type Load struct {
	Name, Function string
	Event          bool    // that nobody waits for
	Times          float64 // for each person
	Ms             float64 // on Lambda, without the start of an environment
	Reads, Writes  float64 // units
}

func loads(all []times) []Load {
	var list []Load
	for _, r := range all {
		list = append(list, Load{r.Name, r.Function, r.event(), r.times, r.ms(), r.Reads, r.Writes})
	}
	return list
}

// Wave is what each of many people does who sign up, on average.
func Wave(in Input) []Load {
	in.Logins = 0
	verified := in.VerifiedShare
	in.Signups = 1
	return loads(journey(in, verified, verified*in.PhoneShare, verified*in.PhoneShare*in.KYCShare))
}

// Return is what each active user does in a month.
func Return() []Load {
	return loads([]times{{login, monthLogins}, {refreshed, monthRefreshes}, {whoAmI, monthReads}})
}
