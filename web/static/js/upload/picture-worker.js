// @ts-check
// Makes one picture smaller while the page goes on.
import { shrink } from "./shrink.js";

onmessage = ({ data: { file, type, shape } }) => {
  shrink(file, type, shape).then(postMessage, (error) => postMessage({ error: String(error) }));
};
