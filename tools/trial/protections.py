"""What protects data and ministack leaves out: TTL, point-in-time recovery and lifecycle rules of the template, though its services know
them; and that a document is offered as a download."""
import inspect
from xml.sax.saxutils import escape

import ministack.services.dynamodb as dynamodb
import ministack.services.s3 as s3

from gaps import gap, made


def fill():
    tables()
    buckets()
    downloads()


def followed(kind, apply):
    """Has apply(physical id, properties) follow each creation and change of a kind."""
    handler = made[kind]
    create, update = handler["create"], handler["update"]

    def created(logical, props, stack):
        answer = create(logical, props, stack)
        apply(answer[0], props)
        return answer

    def updated(physical, old, new, *rest):
        answer = update(physical, old, new, *rest)
        apply(answer[0], new)
        return answer
    handler.update(create=created, update=updated)


def tables():
    kind = "AWS::DynamoDB::Table"
    key = {"AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}], "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
           "BillingMode": "PAY_PER_REQUEST"}
    probe, _ = made[kind]["create"]("Probe", {**key, "TimeToLiveSpecification": {"AttributeName": "t", "Enabled": True}}, "probe")
    gap(probe not in dynamodb._ttl_settings, "that items expire, and what can be restored", "ministack ignores TTL and recovery of the template; protections.py sets them")
    made[kind]["delete"](probe, key)

    def apply(name, props):
        if ttl := props.get("TimeToLiveSpecification"):
            dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": ttl})
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": props.get("PointInTimeRecoverySpecification", {})})
    followed(kind, apply)


def buckets():
    kind = "AWS::S3::Bucket"
    probe, _ = made[kind]["create"]("Probe", {"BucketName": "probe", "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 1}]}}, "probe")
    gap(probe not in s3._bucket_lifecycle, "that lifecycle rules delete what they say", "ministack ignores those of the template; protections.py sets them")
    made[kind]["delete"](probe, {})

    def apply(name, props):
        if rules := props.get("LifecycleConfiguration", {}).get("Rules"):
            status, _, said = s3._put_bucket_lifecycle(name, lifecycle(rules).encode())
            if status >= 400:
                raise ValueError(said)
    followed(kind, apply)


def lifecycle(rules):
    """The rules as S3's own API takes them."""
    return "<LifecycleConfiguration>" + "".join(
        f"<Rule><ID>{escape(r['Id'])}</ID><Status>{r['Status']}</Status><Filter><Prefix>{escape(r.get('Prefix', ''))}</Prefix></Filter>"
        + within("Expiration", "Days", r.get("ExpirationInDays"))
        + within("NoncurrentVersionExpiration", "NoncurrentDays", r.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays"))
        + within("AbortIncompleteMultipartUpload", "DaysAfterInitiation", r.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"))
        + "</Rule>" for r in rules) + "</LifecycleConfiguration>"


def within(outer, inner, days):
    return f"<{outer}><{inner}>{days}</{inner}></{outer}>" if days else ""


def downloads():
    get = s3._get_object
    gap(inspect.getsource(get).count("_apply_response_overrides(") == 3, "that S3 itself signs what a download is called",
        "ministack forgets it of a version; protections.py adds it")

    def with_overrides(bucket, key, headers, query=None):
        status, answered, body = get(bucket, key, headers, query)
        if status in (200, 206) and query and "versionId" in query:
            s3._apply_response_overrides(answered, query)
        return status, answered, body
    s3._get_object = with_overrides
