package awsenv

import "net/http"

// TransportOf is where the connections of a client are.
func TransportOf(c *http.Client) *http.Transport { return c.Transport.(wholeBodies).Transport }
