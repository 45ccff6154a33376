package e2e

import (
	"strings"
	"testing"
)

// killedAtStorage kills who checks files, who renders them and who removes them, before and after their calls of storage and after those of the
// database. Each file ends as the one it would be, and nothing of it is left where it is not to be.
func killedAtStorage(t *testing.T) {
	p := applicant(t)
	p.http.Transport = p.storage // the gateway's own answers are not in the contract
	file := pdf(t)
	missing, form := p.form("entity_pan", "epan", file)
	setFault(t, m{"service": "s3", "mode": "kill_after", "function": "kyc", "nth": 1})
	if r := p.call("POST", "/v1/kyc/documents/"+missing+"/complete", nil); r.status < 500 {
		t.Errorf("who is killed while it looks for a file answers %d %s", r.status, r.raw)
	}
	mend(t, m{"service": "s3"})
	p.want(p.call("POST", "/v1/kyc/documents/"+missing+"/complete", nil), 409, "upload_missing")
	p.want(p.call("DELETE", "/v1/kyc/documents/"+missing, nil), 204)

	kills := []m{
		{"service": "s3", "operation": "^GetObject$", "function": "intake", "mode": "kill"}, {"service": "s3", "operation": "^GetObject", "function": "intake", "mode": "kill_after"},
		{"service": "s3", "operation": "^CopyObject$", "function": "intake", "mode": "kill"}, {"service": "s3", "operation": "^CopyObject", "function": "intake", "mode": "kill_after"},
		{"service": "s3", "operation": "^DeleteObject$", "function": "intake", "mode": "kill"}, {"service": "s3", "operation": "^DeleteObject", "function": "intake", "mode": "kill_after"},
		{"service": "dynamodb", "operation": "^TransactWriteItems$", "function": "intake", "mode": "kill_after"},
		{"service": "s3", "operation": "^GetObject$", "function": "render", "mode": "kill"}, {"service": "s3", "operation": "^GetObject", "function": "render", "mode": "kill_after"},
		{"service": "s3", "operation": "^PutObject$", "function": "render", "mode": "kill"}, {"service": "s3", "operation": "^PutObject", "function": "render", "mode": "kill_after"},
		{"service": "s3", "operation": "^GET versions$", "function": "render", "mode": "kill_after"},
		{"service": "dynamodb", "operation": "^TransactWriteItems$", "function": "render", "mode": "kill_after"},
	}
	for _, k := range kills {
		k["nth"] = 1
		setFault(t, k)
	}
	var ids []string
	for range 8 {
		file := pdf(t)
		id, form := p.form("entity_pan", "epan", file)
		p.send(form, file)
		ids = append(ids, id)
	}
	for _, id := range ids {
		if d := p.settled(id); d["state"] != "clean" {
			t.Errorf("a file became %v: %v", d["state"], d["reason"])
		}
	}
	eventually(t, "each kill happens", func() bool { _, hits := faultsSeen(t); return hits == len(kills) }) // the last after the file is settled
	mend(t, m{"service": "s3"})
	mend(t, m{"service": "dynamodb"})
	of := func(id string) (versions, pages int) {
		for _, key := range p.stored(form) {
			if strings.Contains(key, id) {
				versions++
			}
		}
		all, err := p.bucket(form).Versions(t.Context(), "pages/")
		if err != nil {
			t.Fatal(err)
		}
		keys := map[string]bool{}
		for _, v := range all {
			if strings.Contains(v.Key, id) {
				keys[v.Key] = true
			}
		}
		return versions, len(keys)
	}
	for _, id := range ids {
		eventually(t, "one file and one page are left", func() bool { versions, pages := of(id); return versions == 1 && pages == 1 })
	}

	removed := 0
	for i, id := range ids {
		setFault(t, m{"service": "s3", "mode": "kill_after", "function": "kyc", "nth": i + 1})
		p.call("DELETE", "/v1/kyc/documents/"+id, nil)
		_, hits := faultsSeen(t)
		removed += hits
		mend(t, m{"service": "s3"})
		p.want(p.call("DELETE", "/v1/kyc/documents/"+id, nil), 204)
		if versions, pages := of(id); versions+pages > 0 {
			t.Errorf("killed after call %d of the removal, and asked again, %d files and %d pages are left", i+1, versions, pages)
		}
	}
	if removed < 4 {
		t.Errorf("the removal was killed %d times", removed)
	}
}
