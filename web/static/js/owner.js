// @ts-check
// The page on which the holder of an account sees and changes what belongs to it.
import { begin } from "./account.js";
import { closing } from "./owner-close.js";
import { ledger } from "./owner-consents.js";
import { emails } from "./owner-email.js";

const [, consents] = await begin("/v1/account/consents");
ledger(consents);
void emails();
closing();
