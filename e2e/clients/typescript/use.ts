import createClient from "openapi-fetch";
import type { components, paths } from "./central.js";

const central = createClient<paths>({ baseUrl: "http://127.0.0.1:3000" });

/** What a page shows for a captcha: the compiler knows the kinds, and that these are all. */
export function shown(captcha: components["schemas"]["Captcha"]): string {
  switch (captcha.provider) {
    case "altcha":
      return captcha.parameters.nonce;
    case "turnstile":
    case "hcaptcha":
    case "recaptcha":
      return captcha.siteKey;
    case "off":
      return "";
    default:
      return captcha satisfies never;
  }
}

export async function begin(email: string, password: string): Promise<string> {
  const captcha = await central.GET("/v1/captcha");
  const { data, error } = await central.POST("/v1/signup", {
    body: { email, password, captcha: captcha.data ? shown(captcha.data) : "", terms: { version: "2026-11-01", accepted: true } },
  });
  return data ? data.signupId : (error.errors?.[0]?.pointer ?? error.code);
}

export async function digits(session: string): Promise<string | undefined> {
  const { data } = await central.GET("/v1/account", { headers: { Authorization: `Bearer ${session}` } });
  return data?.phone?.number;
}
