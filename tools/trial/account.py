"""What the account has: what a deployment needs beforehand, and what it leaves."""
import re

import yaml

ZONE = "example.com"


class Account:
    def __init__(self, cloud, sources):
        self.cloud, self.sources, self.made = cloud, sources, {}

    def once(self, name, make):
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]

    def zone(self):
        def make():
            return self.cloud.client("route53").create_hosted_zone(Name=ZONE, CallerReference="trial")["HostedZone"]["Id"].split("/")[-1]
        return self.once("zone", make)

    def records(self):
        """Where each name leads: name -> target of its A record."""
        found = {}
        for r in self.cloud.client("route53").list_resource_record_sets(HostedZoneId=self.zone())["ResourceRecordSets"]:
            if r["Type"] == "A" and "AliasTarget" in r:
                found[r["Name"].rstrip(".")] = r["AliasTarget"]["DNSName"]
        return found

    def knows_the_mail_domain(self):
        """That of the template's default for MailFrom: SES has verified it already."""
        return self.once("mail", lambda: self.cloud.client("sesv2").create_email_identity(EmailIdentity="central.example.com"))

    def boundary(self):
        """A permissions boundary that an organisation would ask for: wide, and judged with every call."""
        document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}'

        def make():
            return self.cloud.client("iam").create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
        return self.once("boundary", make)

    def parameters(self):
        """The parameters of the template that is tried."""
        class Plain(yaml.SafeLoader):
            pass
        Plain.add_multi_constructor("!", lambda loader, tag, node: None)
        return yaml.load((self.sources / "template.yaml").read_text(encoding="utf-8"), Plain)["Parameters"]  # nothing is constructed of tags

    def remains(self, stack):
        """What the account still has of a stack, beside what is kept on purpose."""
        client = self.cloud.client
        yield from (f["FunctionName"] for f in client("lambda").list_functions()["Functions"] if f["FunctionName"].startswith(stack + "-"))
        yield from (r["RoleName"] for r in client("iam").list_roles()["Roles"] if r["RoleName"].startswith(stack + "-"))
        yield from (t["TopicArn"] for t in client("sns").list_topics()["Topics"] if f":{stack}-" in t["TopicArn"])
        yield from (q for q in client("sqs").list_queues().get("QueueUrls", []) if f"/{stack}-" in q)
        yield from (a["AlarmName"] for a in client("cloudwatch").describe_alarms()["MetricAlarms"] if a["AlarmName"].startswith(stack + "-"))
        yield from (r["Name"] for r in client("events").list_rules()["Rules"] if r["Name"].startswith(stack + "-"))
        yield from (d["DomainName"] for d in client("apigatewayv2").get_domain_names()["Items"])
        yield from (name for name in self.records() if re.search(r"(^|\.)central\.", name))
