package cost

// Price is what one unit of a service costs.
type Price struct {
	USD     float64 // per Per units
	Per     float64
	Unit    string
	Service string
}

// Prices of AWS. Source: the public list prices of us-east-1 without free tiers, as known on 2026-11-23. They were not read again from AWS's
// price list; ap-south-1 is about 5 to 15 % dearer. Look them up before you quote a figure: aws pricing get-products.
var (
	HTTPRequest    = Price{1.00, 1e6, "requests", "API Gateway"}
	LambdaRequest  = Price{0.20, 1e6, "requests", "Lambda"}
	LambdaGBSecond = Price{13.3334, 1e6, "GB-s (arm64)", "Lambda"}
	WriteUnit      = Price{0.625, 1e6, "write units", "DynamoDB"}
	ReadUnit       = Price{0.125, 1e6, "read units", "DynamoDB"}
	TableStorage   = Price{0.25, 1, "GB-months", "DynamoDB"}
	TableRecovery  = Price{0.20, 1, "GB-months of recovery", "DynamoDB"} // to any second of 35 days
	Mail           = Price{100, 1e6, "mails", "SES"}
	Publish        = Price{0.50, 1e6, "events", "SNS"}
	PutRequest     = Price{5.00, 1e6, "PUT, POST, COPY", "S3"}
	GetRequest     = Price{0.40, 1e6, "GET, HEAD", "S3"}
	ObjectStorage  = Price{0.023, 1, "GB-months", "S3"}
	Scan           = Price{0.215, 1e3, "files scanned", "GuardDuty"}
	ScanGB         = Price{0.09, 1, "GB scanned", "GuardDuty"}
	LogGB          = Price{0.50, 1, "GB of logs", "CloudWatch"}
	Alarm          = Price{0.10, 1, "metrics of alarms", "CloudWatch"}
	Trace          = Price{5.00, 1e6, "traces", "X-Ray"}
	OutGB          = Price{0.09, 1, "GB sent", "Data transfer"}
	Secret         = Price{0.40, 1, "secrets", "Secrets Manager"}
	SecretRead     = Price{0.05, 1e4, "reads of secrets", "Secrets Manager"}
	Metric         = Price{0.30, 1, "metrics of our own", "CloudWatch"}
	Dashboard      = Price{3.00, 1, "dashboards", "CloudWatch"}
	Zone           = Price{0.50, 1, "zones", "Route 53"}
	Firewall       = Price{5.00, 1, "access lists", "WAF"}
	FirewallRule   = Price{1.00, 1, "rules", "WAF"}
)

// free are the units a month that AWS takes nothing for, from every account and for ever. Others of the account use them too.
var free = map[Price]float64{
	LambdaRequest: 1e6, LambdaGBSecond: 400_000, Alarm: 10, Metric: 10, Dashboard: 3, LogGB: 5, Trace: 100_000,
}

// freeDashboard is how many metrics a dashboard may have that is free.
const freeDashboard = 50

// What SMS and calls cost depends on the route, and so comes from outside. These are starting points for India: an SMS over a local route
// that is registered (DLT); over the international route it is 10 to 20 times as much.
const (
	LocalSMS   = 0.0028 // USD for each
	MinuteCall = 0.04   // USD for each minute begun; a guess, look it up for your origination number
)
