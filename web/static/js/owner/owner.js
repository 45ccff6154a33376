// @ts-check
// The page on which the holder of an account sees and changes what belongs to it.
import { begin } from "../account.js";
import { activity } from "./activity.js";
import { apps } from "./apps.js";
import { closing } from "./close.js";
import { ledger } from "./consents.js";
import { emails } from "./email.js";
import { exporting } from "./export.js";

const [, done, consents, allowed] = await begin("/v1/account/activity", "/v1/account/consents", "/v1/apps");
activity(done);
ledger(consents);
apps(allowed);
void emails();
exporting();
closing();
