package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"testing"

	"phonon.in/central/shared/token"
)

// authenticator is a passkey in software: ES256, without attestation, as WebAuthn level 3 section 6 has it.
type authenticator struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	handle  string
	count   uint32
	origin  string
	host    string
	careful bool // it asks for a finger or a PIN
}

func newAuthenticator(t *testing.T) *authenticator {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return &authenticator{t: t, key: key, id: []byte(token.NewID()), origin: "https://central.example.com", host: "central.example.com", careful: true}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (a *authenticator) clientData(kind, challenge string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"challenge":%q,"origin":%q,"crossOrigin":false}`, kind, challenge, a.origin)
}

func (a *authenticator) data(flags byte) []byte {
	hash := sha256.Sum256([]byte(a.host))
	flags |= 1 // somebody is there
	if a.careful {
		flags |= 4
	}
	a.count++
	return binary.BigEndian.AppendUint32(append(hash[:], flags), a.count)
}

// makes answers navigator.credentials.create.
func (a *authenticator) makes(challenge, handle string) m {
	a.t.Helper()
	public, err := a.key.PublicKey.Bytes()
	must(a.t, err)
	a.handle = handle
	cose := append([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, public[1:33]...)
	cose = append(append(cose, 0x22, 0x58, 32), public[33:]...)
	data := append(a.data(0x40), make([]byte, 16)...)
	data = binary.BigEndian.AppendUint16(data, uint16(len(a.id)))
	data = append(append(data, a.id...), cose...)
	object := append([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), byte(len(data)))
	return m{"id": b64(a.id), "clientData": b64(a.clientData("webauthn.create", challenge)), "attestationObject": b64(append(object, data...))}
}

// answers answers navigator.credentials.get.
func (a *authenticator) answers(challenge string) m {
	a.t.Helper()
	client, data := a.clientData("webauthn.get", challenge), a.data(0)
	hash := sha256.Sum256(client)
	signed := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, signed[:])
	must(a.t, err)
	return m{"id": b64(a.id), "clientData": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": a.handle}
}
