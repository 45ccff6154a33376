"""GuardDuty's Malware Protection for S3: tags each new object where a plan looks, and tells EventBridge of it, as AWS does. It finds nothing in any."""
import contextvars
import json
import threading

import ministack.services.eventbridge as bus
import ministack.services.s3 as storage

import gaps

KIND = "AWS::GuardDuty::MalwareProtectionPlan"
CLEAN = "NO_THREATS_FOUND"
plans = {}  # what each protects


def fill():
    gaps.gap(KIND not in gaps.made, "that GuardDuty finds malware, and accepts the role", f"{KIND} finds nothing in any object")
    recorded = gaps.stub(KIND)

    def create(logical, props, stack):
        physical, attributes = recorded["create"](logical, props, stack)
        plans[physical] = props["ProtectedResource"]["S3Bucket"]
        return physical, attributes

    def update(physical, old, new, stack):
        plans[physical] = new["ProtectedResource"]["S3Bucket"]
        return recorded["update"](physical, old, new, stack)
    gaps.made[KIND] = {"create": create, "update": update, "delete": lambda physical, props: plans.pop(physical, None)}
    told = storage._fire_s3_event_async

    def told_and_scanned(bucket, key, event, *args, **named):
        told(bucket, key, event, *args, **named)
        if event.startswith("s3:ObjectCreated:") and any(p["BucketName"] == bucket and key.startswith(tuple(p["ObjectPrefixes"])) for p in plans.values()):
            context = contextvars.copy_context()  # which account it is
            threading.Thread(target=context.run, args=(scan, bucket, key, named["etag"], named["version_id"]), daemon=True).start()
    storage._fire_s3_event_async = told_and_scanned


def scan(bucket, key, etag, version):
    storage._object_tags[(bucket, key, version)] = {"GuardDutyMalwareScanStatus": CLEAN}
    detail = {
        "schemaVersion": "1.0", "scanStatus": "COMPLETED", "resourceType": "S3_OBJECT",
        "s3ObjectDetails": {"bucketName": bucket, "objectKey": key, "eTag": etag.strip('"'), "versionId": version, "s3Throttled": False},
        "scanResultDetails": {"scanResultStatus": CLEAN, "threats": None},
    }
    entry = {"Source": "aws.guardduty", "DetailType": "GuardDuty Malware Protection Object Scan Result", "Detail": json.dumps(detail)}
    bus._put_events({"Entries": [entry]}, allow_aws_source=True)
