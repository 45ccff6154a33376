package doctor

import (
	"context"
	"io"
	"net/http"
	"strings"
)

// What the page of the notice has until an operator puts their own text in its place, and while it names nobody to complain to.
const (
	sampleMark = "data-sample"
	nobodyMark = "data-nobody"
)

// notice looks whether people who hand in their papers read what is done with them, and whom to complain to.
func (s *Subject) notice(ctx context.Context) Finding {
	if s.PublicURL == "" {
		return skip("the public URL is not known")
	}
	url := s.PublicURL + "/kyc-notice"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return skip("%s is no URL; see health", url)
	}
	answer, err := s.HTTP.Do(r)
	if err != nil {
		return bad("see health", "%s: %v", url, unwrapped(err))
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	switch {
	case err != nil:
		return s.failed(err)
	case answer.StatusCode != http.StatusOK:
		return bad("deploy a release that has the page, and see health", "%s answers %d", url, answer.StatusCode)
	case strings.Contains(string(text), nobodyMark):
		return bad(`deploy with GrievanceContact="Grievance Officer <grievance@example.com>"`, "the KYC notice names nobody to complain to")
	case s.Local:
		return ok("%s is there, and names whom to complain to", url)
	case strings.Contains(string(text), sampleMark):
		return warn("put the operator's own text into web/legal/kyc.*.html, and deploy (docs/deploy.md)", "the KYC notice is the sample that came with Central")
	}
	return ok("%s is there, and names whom to complain to", url)
}
