"""What reaches people and ministack lacks: End User Messaging, and SNS's settings of SMS."""
import json
import re
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import ministack.app as app
import ministack.services.sns as sns
from ministack.core import iam_actions, router
from ministack.core.responses import new_uuid

from gaps import gap

calls = []  # what End User Messaging would have called
settings = {}  # of SMS, by name


def fill():
    voice()
    sms()


def voice():
    """SendVoiceMessage alone: IAM judges it, and the call is noted."""
    gap("sms-voice" not in app.SERVICE_HANDLERS, "calls to landlines", "ministack has no End User Messaging; the request is noted")

    async def handle(method, path, headers, body, query):
        asked = json.loads(body)
        calls.append({"to": asked["DestinationPhoneNumber"], "text": re.sub("<[^>]*>", " ", asked["MessageBody"]), "from": asked["OriginationIdentity"]})
        return 200, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({"MessageId": new_uuid()}).encode()
    app.SERVICE_HANDLERS["sms-voice"] = handle
    router.SERVICE_PATTERNS["sms-voice"] = {"target_prefixes": ["PinpointSMSVoiceV2"]}
    iam_actions.SERVICE_TO_IAM_NAMESPACE["sms-voice"] = "sms-voice"


def sms():
    gap(not hasattr(sns, "_set_sms_attributes"), "that SNS sends an SMS to India, and obeys its settings",
        "ministack has no settings of SMS; they are kept, and no sandbox is there")
    handle = app.SERVICE_HANDLERS["sns"]

    async def with_settings(method, path, headers, body, query):
        form = parse_qs(body.decode("utf-8", "replace")) if body else {}
        action = form.get("Action", [""])[0]
        if action == "SetSMSAttributes":
            settings.update(zip(values(form, "key"), values(form, "value")))
            return answer(action, "")
        if action == "GetSMSAttributes":
            entries = "".join(f"<entry><key>{escape(k)}</key><value>{escape(v)}</value></entry>" for k, v in settings.items())
            return answer(action, f"<attributes>{entries}</attributes>")
        if action == "GetSMSSandboxAccountStatus":
            return answer(action, "<IsInSandbox>false</IsInSandbox>")
        return await handle(method, path, headers, body, query)
    app.SERVICE_HANDLERS["sns"] = with_settings


def values(form, part):
    n = 1
    while found := form.get(f"attributes.entry.{n}.{part}"):
        yield found[0]
        n += 1


def answer(action, result):
    text = (f'<{action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{action}Result>{result}</{action}Result>'
            f"<ResponseMetadata><RequestId>{new_uuid()}</RequestId></ResponseMetadata></{action}Response>")
    return 200, {"Content-Type": "text/xml"}, text.encode()
