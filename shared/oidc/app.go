package oidc

import (
	"errors"
	"time"
)

// The errors of the store of clients and apps.
var (
	ErrClientUnknown = errors.New("oidc: there is no such client")
	ErrClientExists  = errors.New("oidc: there is such a client already")
	ErrClientChanged = errors.New("oidc: the client was changed meanwhile")
	ErrAppChanged    = errors.New("oidc: what the client is allowed was changed meanwhile")
)

// App is what the holder of an account lets a client have.
type App struct {
	Client   ClientID
	Scopes   []string // that the holder has agreed to
	Since    time.Time
	LastUsed time.Time // when a code was issued last; zero for never
	Version  int       // grows with each consent; 0 where there is none yet
}
