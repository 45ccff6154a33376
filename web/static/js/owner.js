// @ts-check
// The page on which the holder of an account sees and changes what belongs to it.
import { begin } from "./account.js";
import { closing } from "./owner-close.js";
import { activity } from "./owner-activity.js";
import { ledger } from "./owner-consents.js";
import { exporting } from "./owner-export.js";
import { emails } from "./owner-email.js";

const [, done, consents] = await begin("/v1/account/activity", "/v1/account/consents");
activity(done);
ledger(consents);
void emails();
exporting();
closing();
