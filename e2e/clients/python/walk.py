"""The journey from sign-up to "submitted" with the generated client, against a local run: walk.py URL [URL of /_local].

It runs in the folder of the project. Each answer must be of the model that the contract promises.
"""
import contextlib
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

from central_client import AuthenticatedClient, Client
from central_client.api.account import get_account, save_details
from central_client.api.kyc import add_document, complete_document, get_case, get_document_content, list_entity_types, save_case, submit_case
from central_client.api.log_in import log_in, log_out
from central_client.api.phone import send_code, verify_code
from central_client.api.sign_up import get_captcha, get_terms, sign_up, verify_email
from central_client.models import (
    Acceptance, AcceptanceOfTheKYCNotice, Account, AccountType, AddDocumentBody, AddDocumentResponse201, AltchaCaptcha, Case, CaseStatus, Catalogue, ContentType, Document, DocumentState,
    GetDocumentContentResponse200, GetTermsResponse200, LogInBody, LogInBodyTransport, LogInResponse200, Next, PhoneKind, Problem, SaveCaseBody, SaveCaseBodyFields,
    SaveDetailsBody, SendCodeBody, SendCodeResponse202, SignUpBody, SignUpResponse202, SubmitCaseBody, SubmitCaseResponse202, VerifyCodeBody, VerifyCodeResponse200, VerifyEmailBody,
    VerifyEmailResponse200,
)

PASSWORD = "Mango tree 42"
FILES = Path("shared/document/testdata")


def answered(kind, operation, **given):
    """Asks, and holds the answer to its model."""
    answer = operation.sync(**given)
    if not isinstance(answer, kind):
        sys.exit(f"{operation.__name__} answered {answer}")
    return answer


class Journey:
    def __init__(self, url, local, open_until):
        self.url, self.local, self.open = url, local, open_until.enter_context
        self.public = self.open(Client(base_url=url, raise_on_unexpected_status=True))
        self.email = f"python-{random.randrange(10**12)}@example.com"
        self.me = self.public

    def message(self, to, pattern):
        newest = httpx.get(f"{self.local}/messages", params={"to": to}).json()[0]
        return re.search(pattern, newest["text"]).group(1)

    def signed_up(self):
        captcha = answered(AltchaCaptcha, get_captcha, client=self.public)
        solved = subprocess.run([sys.executable, "tools/solve-captcha.py"], input=json.dumps(captcha.to_dict()), capture_output=True, text=True, check=True).stdout.strip()
        terms = Acceptance(version=answered(GetTermsResponse200, get_terms, client=self.public).version, accepted=True)
        body = SignUpBody(email=self.email, password="short", captcha=solved, terms=terms)
        problem = answered(Problem, sign_up, client=self.public, body=body)
        assert problem.status == 422 and {fault.pointer for fault in problem.errors} == {"/password"}, problem
        body.password = PASSWORD
        answered(SignUpResponse202, sign_up, client=self.public, body=body)
        # The client keeps no cookie: the password shows that the same person signed up.
        link = self.message(self.email, r"/verify#(\S+)")
        answered(VerifyEmailResponse200, verify_email, client=self.public, body=VerifyEmailBody(token=link, password=PASSWORD))

    def logged_in(self):
        session = answered(LogInResponse200, log_in, client=self.public, body=LogInBody(self.email, PASSWORD, transport=LogInBodyTransport.BEARER))
        self.me = self.open(AuthenticatedClient(base_url=self.url, token=session.session, raise_on_unexpected_status=True))
        return session.next_

    def phone_proven(self):
        number = f"+9198{random.randrange(10**8):08d}"
        sent = answered(SendCodeResponse202, send_code, client=self.me, body=SendCodeBody(phone=number, kind=PhoneKind.MOBILE))
        code = self.message(number, r"(\d{6})")
        proven = answered(VerifyCodeResponse200, verify_code, client=self.me, body=VerifyCodeBody(challenge_id=sent.challenge_id, code=code))
        assert proven.phone == number, proven

    def details_saved(self):
        body = SaveDetailsBody(type_=AccountType.INDIVIDUAL, first_name="Asha", last_name="Rao", sector="other")
        assert answered(Account, save_details, client=self.me, body=body, if_match="*").next_ == Next.KYC
        assert answered(Account, get_account, client=self.me).phone.kind == PhoneKind.MOBILE

    def uploaded(self, requirement, document_type, name, content_type):
        file = (FILES / name).read_bytes()
        body = AddDocumentBody(requirement=requirement, document_type=document_type, file_name=name, content_type=content_type, size=len(file))
        form = answered(AddDocumentResponse201, add_document, client=self.me, body=body)
        httpx.post(form.upload.url, data=form.upload.fields.to_dict(), files={"file": (name, file, content_type.value)}).raise_for_status()
        answered(Document, complete_document, client=self.me, id=form.document_id)
        return form.document_id

    def submitted(self):
        assert any(e.code == "individual" for e in answered(Catalogue, list_entity_types, client=self.public).entity_types)
        fields = SaveCaseBodyFields.from_dict({
            "pan": "ZZZPZ9999Z", "legalName": "Zoya Zaveri", "addressLine1": "7 Station Road", "city": "Ahmedabad", "state": "Gujarat", "pinCode": "380015",
        })
        answered(Case, save_case, client=self.me, body=SaveCaseBody("individual", fields=fields))
        document = self.uploaded("entity_pan", "pan_card", "scan.pdf", ContentType.APPLICATIONPDF)
        self.uploaded("personal_id", "passport", "page.jpg", ContentType.IMAGEJPEG)
        until = time.monotonic() + 30
        while not (case := answered(Case, get_case, client=self.me)).can_submit:
            if time.monotonic() > until:
                sys.exit(f"it cannot be submitted: {case.missing}")
            time.sleep(0.1)
        assert all(d.state == DocumentState.CLEAN for r in case.requirements for d in r.documents), case
        answered(GetDocumentContentResponse200, get_document_content, client=self.me, id=document)
        notice = AcceptanceOfTheKYCNotice(version=case.notice.version, accepted=True)
        answered(SubmitCaseResponse202, submit_case, client=self.me, body=SubmitCaseBody(notice=notice, declared=True))
        assert answered(Case, get_case, client=self.me).status == CaseStatus.SUBMITTED

    def walk(self):
        self.signed_up()
        assert self.logged_in() == Next.ACCOUNT_DETAILS
        self.phone_proven()
        self.details_saved()
        self.submitted()
        assert log_out.sync_detailed(client=self.me).status_code == 204
        assert answered(Problem, get_account, client=self.me).code == "unauthenticated"
        assert self.logged_in() == Next.HOME
        print(f"{self.email}: submitted")


if __name__ == "__main__":
    with contextlib.ExitStack() as until_the_end:
        Journey(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else sys.argv[1] + "/_local", until_the_end).walk()
