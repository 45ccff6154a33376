// @ts-check
// The page on which the holder of an account sees and changes what belongs to it.
import { begin } from "./account.js";
import { closing } from "./owner-close.js";
import { emails } from "./owner-email.js";

const [, email] = await begin("/v1/account/email");
emails(email);
closing();
