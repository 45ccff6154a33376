package capture

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

// solved begins what the stand-in of a captcha's provider takes for a solution, once.
const solved = "solved-"

// SiteVerify stands in for the provider of a captcha, whichever it is: Turnstile, hCaptcha and reCAPTCHA are asked alike. secret is that of the
// site, and hostname the one that solutions are made on.
func SiteVerify(secret func() (string, error), hostname string) http.Handler {
	var mu sync.Mutex
	used := map[string]bool{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known, err := secret()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		given := r.PostFormValue("response")
		mu.Lock()
		defer mu.Unlock()
		wrong := ""
		switch {
		case r.Method != http.MethodPost:
			wrong = "bad-request"
		case r.PostFormValue("secret") == "":
			wrong = "missing-input-secret"
		case r.PostFormValue("secret") != known:
			wrong = "invalid-input-secret"
		case !strings.HasPrefix(given, solved):
			wrong = "invalid-input-response"
		case used[given]:
			wrong = "timeout-or-duplicate"
		}
		w.Header().Set("Content-Type", "application/json")
		if wrong != "" {
			json.NewEncoder(w).Encode(map[string]any{"success": false, "error-codes": []string{wrong}})
			return
		}
		used[given] = true
		json.NewEncoder(w).Encode(map[string]any{"success": true, "hostname": hostname, "error-codes": []string{}})
	})
}
