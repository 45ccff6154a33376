// A product that logs people in with Central, by openid-client. Settings: CENTRAL_ISSUER, CLIENT_ID, CLIENT_SECRET or CLIENT_KEY (a file
// with a private JWK), REDIRECT_URI, POST_LOGOUT_URI, ADDRESS.
import { randomUUID, webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import * as client from 'openid-client'

const { CENTRAL_ISSUER, CLIENT_ID, CLIENT_SECRET, CLIENT_KEY, REDIRECT_URI, POST_LOGOUT_URI, ADDRESS } = process.env

async function authentication() {
  if (!CLIENT_KEY) return client.ClientSecretBasic(CLIENT_SECRET)
  const jwk = JSON.parse(readFileSync(CLIENT_KEY, 'utf8'))
  const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
  return client.PrivateKeyJwt({ key, kid: jwk.kid })
}

const issuer = new URL(CENTRAL_ISSUER)
const execute = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] // this machine alone
const central = await client.discovery(issuer, CLIENT_ID, undefined, await authentication(), { execute })

const sessions = new Map() // yours are in a database

const routes = {
  async 'GET /login'(request, response) {
    const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce(), pkceCodeVerifier: client.randomPKCECodeVerifier() }
    begin(response, { checks })
    redirect(response, client.buildAuthorizationUrl(central, {
      redirect_uri: REDIRECT_URI,
      scope: 'openid email profile account kyc',
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    }))
  },

  async 'GET /callback'(request, response, session) {
    if (!session?.checks) return answer(response, 400, { error: 'this log-in did not begin here' })
    try {
      const tokens = await client.authorizationCodeGrant(central, new URL(request.url, REDIRECT_URI), session.checks)
      begin(response, { tokens, idToken: tokens.id_token, sub: tokens.claims().sub })
      redirect(response, '/me')
    } catch (error) {
      answer(response, error.error === 'access_denied' ? 403 : 400, { error: error.error ?? error.code })
    }
  },

  async 'GET /me'(request, response, session) {
    if (session.tokens.expiresIn() < 10) await refresh(session)
    answer(response, 200, await client.fetchUserInfo(central, session.tokens.access_token, session.sub))
  },

  async 'POST /refresh'(request, response, session) {
    await refresh(session)
    answer(response, 200, { expires: session.tokens.expiresIn() })
  },

  async 'POST /logout'(request, response, session) {
    sessions.delete(name(request))
    redirect(response, client.buildEndSessionUrl(central, { id_token_hint: session.idToken, post_logout_redirect_uri: POST_LOGOUT_URI }))
  },
}

async function refresh(session) {
  const before = session.tokens
  session.tokens = await client.refreshTokenGrant(central, before.refresh_token)
  session.tokens.refresh_token ??= before.refresh_token // Central sends another one only where it has to be changed
}

const name = (request) => /(?:^|; )product=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]

// A session gets a new name: one that somebody knew before the log-in is worth nothing after it.
function begin(response, session) {
  const id = randomUUID()
  sessions.set(id, session)
  const secure = REDIRECT_URI.startsWith('https:') ? '; Secure' : ''
  response.setHeader('Set-Cookie', `product=${id}; Path=/; HttpOnly; SameSite=Lax${secure}`)
}

function redirect(response, to) {
  response.writeHead(303, { Location: String(to) }).end()
}

function answer(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

createServer(async (request, response) => {
  const path = new URL(request.url, REDIRECT_URI).pathname
  const route = routes[`${request.method} ${path}`]
  const session = sessions.get(name(request))
  if (!route) return answer(response, 404, { error: 'not found' })
  if (!['/login', '/callback'].includes(path) && !session?.tokens) return answer(response, 401, { error: 'not logged in' })
  try {
    await route(request, response, session)
  } catch (error) { // Central has ended the session, or cannot be reached
    const over = error instanceof client.ResponseBodyError || error instanceof client.WWWAuthenticateChallengeError
    if (over) sessions.delete(name(request))
    answer(response, over ? 401 : 502, { error: over ? 'log in again' : 'try again' })
  }
}).listen(new URL(`http://${ADDRESS}`).port, new URL(`http://${ADDRESS}`).hostname)
