"""A product that logs people in with Central, by Authlib and Flask.

Settings: CENTRAL_ISSUER, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, POST_LOGOUT_URI, ADDRESS.
"""

import os
import secrets

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session

ISSUER = os.environ["CENTRAL_ISSUER"]

app = Flask(__name__)
app.config.update(
    SECRET_KEY=secrets.token_bytes(32),  # yours is a setting
    SESSION_COOKIE_NAME="product",
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=os.environ["REDIRECT_URI"].startswith("https:"),
)
central = OAuth(app).register(
    "central",
    server_metadata_url=ISSUER + "/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid email profile account kyc", "code_challenge_method": "S256"},
)
tokens = {}  # by session; yours are in a database, for no token belongs into a cookie


@app.get("/login")
def login():
    return central.authorize_redirect(os.environ["REDIRECT_URI"])


@app.get("/callback")
def callback():
    if request.args.get("iss") != ISSUER:
        raise OAuthError("mismatching_issuer")
    token = central.authorize_access_token()  # state, PKCE, nonce and the ID token are checked in here
    session.clear()
    session["id"] = secrets.token_urlsafe()
    tokens[session["id"]] = token  # token["userinfo"]["sub"] is who it is
    return redirect("/me", 303)


@app.get("/me")
def me():
    token = current()
    if token.is_expired(leeway=10):
        token = renew(token)
    return central.userinfo(token=token)


@app.post("/refresh")
def refresh():
    return {"expires": renew(current())["expires_at"]}


@app.post("/logout")
def logout():
    token = tokens.pop(session.pop("id", None), {})
    return central.logout_redirect(
        os.environ["POST_LOGOUT_URI"], id_token_hint=token.get("id_token"), client_id=central.client_id
    )


class NotLoggedIn(Exception):
    pass


def current():
    token = tokens.get(session.get("id"))
    if token is None:
        raise NotLoggedIn
    return token


def renew(token):
    new = central.fetch_access_token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    token.update(new)  # with the refresh token to use next, if there is another
    return token


@app.errorhandler(NotLoggedIn)
def not_logged_in(_):
    return {"error": "log in"}, 401


@app.errorhandler(requests.HTTPError)
def refused(error):
    if error.response.status_code != 401:
        return {"error": "try again"}, 502
    tokens.pop(session.pop("id", None), None)  # Central has ended the session
    return {"error": "log in again"}, 401


@app.errorhandler(OAuthError)
def failed(error):
    if error.error == "invalid_grant" and tokens.pop(session.pop("id", None), None):
        return {"error": "log in again"}, 401
    return {"error": error.error}, 403 if error.error == "access_denied" else 400


if __name__ == "__main__":
    host, port = os.environ["ADDRESS"].split(":")
    app.run(host, int(port))  # yours runs under gunicorn or the like
