// @ts-check
// The page on which the holder of an account sees and changes what belongs to it.
import { begin } from "./account.js";
import { closing } from "./owner-close.js";
import { activity } from "./owner-activity.js";
import { apps } from "./owner-apps.js";
import { ledger } from "./owner-consents.js";
import { exporting } from "./owner-export.js";
import { emails } from "./owner-email.js";

const [, done, consents, allowed] = await begin("/v1/account/activity", "/v1/account/consents", "/v1/apps");
activity(done);
ledger(consents);
apps(allowed);
void emails();
exporting();
closing();
