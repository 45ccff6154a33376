import messages from '../../../../web/messages/en.json' with { type: 'json' };
import { defineConfig } from 'vite';

/** The messages that the form shows, where the project's own words.js looks for them. */
const shown = /^(captcha|error|field\.(email|password|confirm)$|form|js|limit|password|signup|(terms|privacy)\.title$)/;

const words = {
  name: 'words',
  transformIndexHtml() {
    const chosen = Object.fromEntries(Object.entries(messages).filter(([key]) => shown.test(key)));
    const children = JSON.stringify(chosen).replaceAll('<', '\\u003c');
    return [{ tag: 'script', attrs: { type: 'application/json', id: 'words' }, children, injectTo: 'body' }];
  },
};

/** Where the stylesheet, as it is served, has its fonts. */
const fonts = new URL('../../../../web/static/fonts', import.meta.url).pathname;

export default defineConfig({ plugins: [words], resolve: { alias: { fonts } }, oxc: { jsx: { runtime: 'automatic' } } });
