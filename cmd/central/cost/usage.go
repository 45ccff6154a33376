package cost

// usage adds up units. Lines stay in the order in which they came.
type usage struct {
	lines  []Line
	prices []Price // of each line
}

func (u *usage) add(p Price, units float64) {
	for i, l := range u.lines {
		if l.Service == p.Service && l.Unit == p.Unit {
			u.lines[i].Units += units
			u.lines[i].USD += units / p.Per * p.USD
			return
		}
	}
	u.lines = append(u.lines, Line{p.Service, p.Unit, units, units / p.Per * p.USD})
	u.prices = append(u.prices, p)
}

// What a request leaves behind. X-Ray keeps one of twenty, and one a second.
const (
	logKB      = 0.8 // access log and the function's line; of Lambda's own lines template.yaml keeps those of failures
	answerKB   = 1.0
	pageKB     = 3.3 // compressed
	filesKB    = 60  // font, scripts and styles together, once for each browser
	traceShare = 0.05
)

// run counts n runs of a step.
func (u *usage) run(s step, n float64) {
	if !s.event() {
		u.add(HTTPRequest, n)
	}
	u.add(LambdaRequest, n)
	u.add(LambdaGBSecond, n*s.ms()/1000*memoryMB[s.Function]/1024)
	u.add(WriteUnit, n*s.Writes)
	u.add(ReadUnit, n*s.Reads)
	if s.Puts > 0 || s.Gets > 0 {
		u.add(PutRequest, n*float64(s.Puts))
		u.add(GetRequest, n*float64(s.Gets))
	}
	u.add(LogGB, n*logKB/1e6)
	u.add(Trace, n*traceShare)
	if !s.event() {
		u.add(OutGB, n*answerKB/1e6)
	}
}

// steps counts the requests of the whole journey.
func (u *usage) steps(in Input, verified, proven, completed float64) {
	for _, r := range journey(in, verified, proven, completed) {
		u.run(r.step, r.times)
	}
	u.add(OutGB, (in.Signups*(filesKB+pagesSignup*pageKB)+verified*pagesMember*pageKB+completed*pagesKYC*pageKB)/1e6)
	u.add(PutRequest, completed*in.Documents) // the upload itself, with the form
	u.add(Scan, completed*in.Documents*in.Scanned)
	u.add(ScanGB, completed*in.Documents*in.Scanned*in.DocumentMB/1e3)
}

// times is a step and how often it is made.
type times struct {
	step
	times float64
}

// journey is what so many people do.
func journey(in Input, verified, proven, completed float64) []times {
	return []times{
		{page, in.Signups*(filesOfAll+pagesSignup) + verified*pagesMember + completed*pagesKYC},
		{captcha, in.Signups}, {signup, in.Signups}, {verify, verified}, {login, verified * (1 + in.Logins)},
		{whoAmI, verified*(pagesMember+in.Logins) + completed*pagesKYC},
		{codeSent, proven * in.Codes}, {codeProven, proven * in.Codes}, {details, proven}, {caseSaved, completed},
		{caseRead, completed * (readsPerCase + in.Documents)}, {formMade, completed * in.Documents}, {uploadDone, completed * in.Documents},
		{uploaded, completed * in.Documents}, {scanned, completed * in.Documents}, {rendered, completed * in.Documents}, {submitted, completed},
	}
}

// messages counts the time in which a function hands a message to its carrier.
func (u *usage) messages(mails, codes float64) {
	u.add(LambdaGBSecond, mails*sendMs/1000*memoryMB["signup"]/1024+codes*sendMs/1000*memoryMB["otp"]/1024)
}

// Sizes in the tables, of one account: profile, claims and consent; the log of activity; a case and each of its documents.
const (
	accountKB  = 2.0
	activityKB = 2.5
	caseKB     = 1.0
	documentKB = 0.7
)

// storage counts what accounts and documents of in.Months take in a month.
func (u *usage) storage(in Input, verified, completed float64) {
	u.stored(in.Months * (verified*(accountKB+activityKB) + completed*(caseKB+in.Documents*documentKB)) / 1e6)
	u.add(ObjectStorage, in.Months*completed*in.Documents*in.DocumentMB/1e3)
}

// stored counts GB in tables.
func (u *usage) stored(gb float64) {
	u.add(TableStorage, gb)
	u.add(TableRecovery, gb)
}

// The sweep of the outbox: each minute, one read of each of 16 partitions and of the secret, with 256 MB. X-Ray keeps each.
const (
	sweepsAMonth = 60 * 24 * 30
	sweepReads   = 16 * 0.5
	sweepMs      = 30
	sweepLogKB   = 0.8 // a line for each metric
	notifyMB     = 256.0
)

// The clock of KYC cases: every ten minutes, a read of each lane, of both indexes and of the counters, with 256 MB.
const (
	clocksAMonth = 6 * 24 * 30
	clockReads   = 8 * 0.5
	clockMs      = 60.0
	clockLogKB   = 0.3
	clockMB      = 256.0
)

// What template.yaml and edge.yaml have; tests count them there.
const (
	secrets          = 2  // of the stack without an edge
	sweepMetrics     = 4  // that notify writes each minute, zeros too
	clockMetrics     = 3  // that clock writes at each run
	logMetrics       = 9  // that are counted in the log of requests, once somebody comes
	alarmMetrics     = 35 // that alarms look at
	dashboards       = 2
	dashboardMetrics = 50
	edgeRules        = 3
)

// standing counts what is paid though nobody comes.
func (u *usage) standing(alarms float64) {
	u.add(LambdaRequest, sweepsAMonth)
	u.add(LambdaGBSecond, sweepsAMonth*sweepMs/1000*notifyMB/1024)
	u.add(ReadUnit, sweepsAMonth*sweepReads)
	u.add(SecretRead, sweepsAMonth)
	u.add(LogGB, sweepsAMonth*sweepLogKB/1e6)
	u.add(Trace, sweepsAMonth)
	u.add(LambdaRequest, clocksAMonth)
	u.add(LambdaGBSecond, clocksAMonth*clockMs/1000*clockMB/1024)
	u.add(ReadUnit, clocksAMonth*clockReads)
	u.add(LogGB, clocksAMonth*clockLogKB/1e6)
	u.add(Secret, secrets)
	u.add(Alarm, alarms)
	u.add(Metric, sweepMetrics+clockMetrics)
	u.add(Dashboard, dashboards)
}

// fixed counts what does not depend on how many people come.
func (u *usage) fixed(in Input) {
	u.standing(in.AlarmMetrics)
	u.add(Metric, logMetrics)
}
