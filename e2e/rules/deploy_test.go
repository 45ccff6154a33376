package rules

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// withGlobals is a template with what it says of all functions as it stands.
type withGlobals struct {
	Globals struct {
		Function yaml.Node `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]yaml.Node `yaml:"Resources"`
}

// TestWhatIsDeployedIsWhatIsCalled: SAM makes a version of a function when the text of its code or environment changes, and a changed
// parameter changes no text. Behind an alias it would reach nobody (docs/decisions/0012-no-alias.md).
func TestWhatIsDeployedIsWhatIsCalled(t *testing.T) {
	var s withGlobals
	readYAML(t, "template.yaml", &s)
	for _, property := range []string{"AutoPublishAlias", "DeploymentPreference", "ProvisionedConcurrencyConfig", "SnapStart"} {
		if under(&s.Globals.Function, property) != nil {
			t.Errorf("all functions have %s", property)
		}
		for id, node := range s.Resources {
			if under(&node, "Properties."+property) != nil {
				t.Errorf("%s has %s", id, property)
			}
		}
	}
}

// TestATopicLetsItsPublisherInFirst: SES tries the topic when the destination is made.
func TestATopicLetsItsPublisherInFirst(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	destination := s.Resources["MailFeedback"]
	if at(&destination, "DependsOn") != "MailFeedbackTopicPolicy" {
		t.Errorf("MailFeedback does not wait for the policy of its topic")
	}
}

// kept100 is what Lambda keeps for functions without a reservation.
const kept100 = 100

func TestTheQuotaThatReservationsNeedIsTheOneThatIsAskedFor(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	need := kept100
	for id, node := range s.Resources {
		reserved := under(&node, "Properties.ReservedConcurrentExecutions")
		if reserved == nil {
			continue
		}
		n, err := strconv.Atoi(reserved.Content[1].Value)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		need += n
	}
	reserve := s.Parameters["ReserveConcurrency"]
	for where, text := range map[string]string{"template.yaml": at(&reserve, "Description"), "docs/configuration.md": page(t, "configuration.md")} {
		said := regexp.MustCompile(`concurrency quota of ([0-9]+)`).FindStringSubmatch(text)
		if said == nil || said[1] != strconv.Itoa(need) || need == kept100 {
			t.Errorf("%s asks for %v, ReserveConcurrency needs %d", where, said, need)
		}
	}
}

// freeMetrics of a dashboard: CloudWatch takes nothing for three dashboards of so many.
const freeMetrics = 50

func TestTheDashboardCostsNothing(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	dashboard := s.Resources["Dashboard"]
	metrics := regexp.MustCompile(`\["(?:AWS|Central)/`).FindAllString(strings.Join(texts(under(&dashboard, "Properties.DashboardBody")), ""), -1)
	if n := len(metrics); n < 30 || n > freeMetrics {
		t.Errorf("the dashboard has %d metrics", n)
	}
}

// CloudWatch refuses an alarm on more, and with it the deployment.
const alarmMetrics = 10

func TestNoAlarmSumsUpMoreThanItMay(t *testing.T) {
	var s samTemplate
	readYAML(t, "template.yaml", &s)
	sums := 0
	for id, node := range s.Resources {
		if at(&node, "Type") != "AWS::CloudWatch::Alarm" {
			continue
		}
		metrics := 0
		if list := under(&node, "Properties.Metrics"); list != nil {
			for _, m := range list.Content {
				if under(m, "MetricStat") != nil {
					metrics++
				}
			}
		}
		if sums = max(sums, metrics); metrics > alarmMetrics {
			t.Errorf("%s sums up %d metrics", id, metrics)
		}
	}
	if sums < 5 {
		t.Errorf("the largest alarm has %d metrics", sums)
	}
}

// TestNoMomentHasNoRecord: the record of the domain belongs to one stack, and its target changes in place.
func TestNoMomentHasNoRecord(t *testing.T) {
	var central, edge samTemplate
	readYAML(t, "template.yaml", &central)
	readYAML(t, "edge.yaml", &edge)
	for id, node := range edge.Resources {
		if strings.HasPrefix(at(&node, "Type"), "AWS::Route53::") {
			t.Errorf("edge.yaml makes the record %s", id)
		}
	}
	record := central.Resources["DomainRecord"]
	if at(&record, "Condition") != "HasZone" || at(&record, "Properties.AliasTarget.DNSName.0") != "LeadsToEdge" {
		t.Errorf("the record is made on %q and leads to %q", at(&record, "Condition"), texts(under(&record, "Properties.AliasTarget.DNSName")))
	}
}

// TestEveryRoleIsBounded by the policy that an organisation demands, those too that SAM makes.
func TestEveryRoleIsBounded(t *testing.T) {
	var s withGlobals
	readYAML(t, "template.yaml", &s)
	bounded := map[string]bool{"of the functions": at(&s.Globals.Function, "PermissionsBoundary.1") == "PermissionsBoundaryArn"}
	for id, node := range s.Resources {
		if at(&node, "Type") == "AWS::IAM::Role" {
			bounded[id] = at(&node, "Properties.PermissionsBoundary.1") == "PermissionsBoundaryArn"
		}
	}
	for role, is := range bounded {
		if !is {
			t.Errorf("the role %s has no boundary", role)
		}
	}
	if len(bounded) < 3 {
		t.Errorf("only %d roles were found", len(bounded))
	}
}

// TestWhatIsAdoptedIsWhatTheTemplateMakes: after the import a deployment must find nothing to change but what it adds.
func TestWhatIsAdoptedIsWhatTheTemplateMakes(t *testing.T) {
	var whole, part samTemplate
	readYAML(t, "template.yaml", &whole)
	readYAML(t, "adopt.yaml", &part)
	text := func(n *yaml.Node) string {
		if n == nil {
			return ""
		}
		out, err := yaml.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	compared := 0
	for id, node := range whole.Resources {
		if kind := at(&node, "Type"); kind != "AWS::DynamoDB::Table" && kind != "AWS::S3::Bucket" {
			continue
		}
		adopted, there := part.Resources[id]
		if !there {
			t.Errorf("adopt.yaml does not have %s", id)
			continue
		}
		for _, name := range keys(&node, "Properties") {
			if name == "NotificationConfiguration" { // it names what the deployment makes
				continue
			}
			if compared++; text(under(&node, "Properties."+name)) != text(under(&adopted, "Properties."+name)) {
				t.Errorf("%s: %s is not the same", id, name)
			}
		}
		if at(&adopted, "DeletionPolicy") != at(&node, "DeletionPolicy") {
			t.Errorf("%s would not stay as the template says", id)
		}
	}
	if len(part.Resources) != 4 || compared < 20 {
		t.Errorf("%d resources are adopted, %d properties were compared", len(part.Resources), compared)
	}
}
