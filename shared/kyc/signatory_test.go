package kyc

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"phonon.in/central/shared/account"
)

func partnership(docs ...Document) Case {
	c := draft("partnership", map[string]string{"legalName": "Rao and Sons"}, docs...)
	c.AccountID, c.No = "holder", 1
	return c
}

func linkTo(t *testing.T, c Case) SignatoryLink {
	t.Helper()
	l, r, err := c.NewSignatoryLink(now)
	if err != nil {
		t.Fatal(err)
	}
	if r.Kind != RecordSignatoryLink || r.Actor != (Actor{ByHolder, "holder"}) || l.ExpiresAt.Sub(now) != 168*time.Hour {
		t.Errorf("%+v, %+v", l, r)
	}
	return l
}

func TestALinkIsMadeWhereASignatoryIsAskedForSomething(t *testing.T) {
	closed, alone := partnership(), draft("individual", nil)
	closed.Status = Submitted
	for want, c := range map[error]Case{ErrLocked: closed, ErrNoSignatory: alone} {
		if l, _, err := c.NewSignatoryLink(now); !errors.Is(err, want) || l.ID != "" {
			t.Errorf("%+v, %v", l, err)
		}
	}
	linkTo(t, partnership())
}

func TestALinkLeadsToItsCaseWhileThatIsOpenAndNotHandedIn(t *testing.T) {
	c := partnership()
	l := linkTo(t, c)
	if opened, r, err := l.Open(c, "device", now); err != nil || opened.Device != "device" || opened.OpenedAt != now || r.Kind != RecordSignatoryOpened {
		t.Errorf("%+v, %+v, %v", opened, r, err)
	} else if _, _, err := opened.Open(c, "other", now); !errors.Is(err, ErrSignatoryLinkTaken) {
		t.Errorf("on another device: %v", err)
	}
	for name, change := range map[string]func(l *SignatoryLink, c *Case, now *time.Time){
		"no link":          func(l *SignatoryLink, _ *Case, _ *time.Time) { l.ID = "" },
		"its end":          func(l *SignatoryLink, _ *Case, now *time.Time) { *now = l.ExpiresAt },
		"another account":  func(_ *SignatoryLink, c *Case, _ *time.Time) { c.AccountID = "other" },
		"the next case":    func(_ *SignatoryLink, c *Case, _ *time.Time) { c.No++ },
		"the next round":   func(_ *SignatoryLink, c *Case, _ *time.Time) { c.Round++ },
		"a case in review": func(_ *SignatoryLink, c *Case, _ *time.Time) { c.Status = UnderReview },
	} {
		l, c, at := l, c, now
		change(&l, &c, &at)
		_, _, opens := l.Open(c, "device", at)
		_, asks := l.NewDocument(c, good("signatory_pan"), "d", at)
		_, reads := l.Document(c, "d", at)
		_, removes := l.Removable(c, "d", at)
		for _, err := range []error{opens, asks, reads, removes} {
			if !errors.Is(err, ErrSignatoryLinkOver) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestALinkReachesTheSignatorysPapersThatCameByItAlone(t *testing.T) {
	own, earlier, theirs := doc("signatory_pan", "pan_card", DocClean), doc("signatory_pan", "pan_card", DocClean), doc("entity_pan", "pan_card", DocClean)
	own.ID, earlier.ID, theirs.ID = "own", "earlier", "theirs"
	c := partnership(own, earlier, theirs)
	l := linkTo(t, c)
	c.Documents[0].Link, c.Documents[1].Link = l.ID, "a link before"
	for id, reached := range map[string]bool{"own": true, "earlier": false, "theirs": false, "none": false} {
		if d, err := l.Document(c, id, now); (err == nil) != reached || reached && d.ID != id || !reached && !errors.Is(err, ErrDocumentUnknown) {
			t.Errorf("%s: %+v, %v", id, d, err)
		}
		if d, err := l.Removable(c, id, now); (err == nil) != reached || reached && d.ID != id || !reached && !errors.Is(err, ErrDocumentUnknown) {
			t.Errorf("removing %s: %+v, %v", id, d, err)
		}
	}
	if d, err := l.NewDocument(c, good("signatory_pan"), "new", now); err != nil || d.Link != l.ID {
		t.Errorf("%+v, %v", d, err)
	}
	if d, err := l.NewDocument(c, good("entity_pan"), "new", now); err == nil || d.Link != "" {
		t.Errorf("a paper of the holder's: %+v, %v", d, err)
	}
	asked := l.Asked(c, account.Profile{}, now)
	shown := ""
	for _, s := range asked.Requirements {
		if s.Whose != Signatory {
			t.Errorf("it shows %s", s.ID)
		}
		for _, d := range s.Documents {
			shown += d.ID
		}
	}
	if asked.For != "Rao and Sons" || shown != "own" || len(asked.Parts) == 0 || slices.ContainsFunc(asked.Parts, func(p Part) bool { return !strings.Contains(p.Pointer, "signatory") }) {
		t.Errorf("%+v", asked)
	}
}
