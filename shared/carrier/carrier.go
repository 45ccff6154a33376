// Package carrier reads why a service of AWS did not take a message. Whose fault it is decides what becomes of the message: see the
// errors of package message.
package carrier

import (
	"fmt"
	"slices"
	"strings"

	"phonon.in/central/shared/message"
)

// Answer is one way in which a service says no.
type Answer struct {
	Code string // of the error, without "Exception" at its end; empty stands for every code
	Says string // words of the service's sentence, in lower case; empty stands for every sentence
	Kind error  // message.ErrRefused or message.ErrHeld
}

// notAllowed are the codes of every service of AWS for credentials and permissions that are not in order. They are the operator's.
var notAllowed = []string{
	"AccessDenied", "AuthFailure", "AuthorizationError", "IncompleteSignature", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSecurity",
	"InvalidSignature", "MissingAuthenticationToken", "NotAuthorized", "OptInRequired", "SignatureDoesNotMatch", "SubscriptionRequired",
	"UnrecognizedClient",
}

// Read makes an error of a service's refusal, by the first of the answers that fits; what fits none passes by itself. Of the sentence
// it keeps the words of the answer alone: sentences repeat addresses and numbers, and errors are logged.
func Read(service, code, sentence string, answers []Answer) error {
	name := strings.TrimSuffix(code, "Exception")
	if slices.Contains(notAllowed, name) {
		return fmt.Errorf("%w: %s says %s", message.ErrHeld, service, code)
	}
	said := strings.ToLower(sentence)
	for _, a := range answers {
		if a.Code != "" && a.Code != name || !strings.Contains(said, a.Says) {
			continue
		}
		if a.Says != "" {
			code += ", " + a.Says
		}
		return fmt.Errorf("%w: %s says %s", a.Kind, service, code)
	}
	return fmt.Errorf("%s says %s", service, code)
}
