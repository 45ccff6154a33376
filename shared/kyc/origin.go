package kyc

import "fmt"

// Origin is what a PDF says of how it came to be: document.Origin, as far as a reviewer wants to know it. It proves nothing.
type Origin struct {
	Program   string
	Signature Signature
	Signer    string // as the certificate of the signature says
	Extended  bool   // something was added behind the signature
}

// Signature is what a digital signature is worth; empty without one.
type Signature string

// What a signature may be.
const (
	SignatureIntact Signature = "intact"
	SignatureBroken Signature = "broken"
	SignatureUnread Signature = "unread"
)

// signatures doubts documents whose digital signature does not fit them any more.
func signatures(c Case) (all []Finding) {
	for _, d := range c.current() {
		if d.Origin.Signature == SignatureBroken && d.State != DocRejected {
			all = append(all, Finding{
				Warning, "signature_broken", fmt.Sprintf("The digital signature of “%s” does not fit the file any more. Upload the file as you got it, without saving it again in another program.", d.FileName),
				[]string{requirementPointer(d.Requirement)},
			})
		}
	}
	return all
}
