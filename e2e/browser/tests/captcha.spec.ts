// The captchas of third parties. Their scripts cannot be had here: stand-ins at the same addresses have the part of their interface
// that the pages use, under the policy that functions/web sends with such a provider (its own test holds it to that).
import { expect, type Person, test } from '../support/person.ts';
import { fillSignUp } from '../support/steps.ts';

const providers = {
  turnstile: { name: 'turnstile', script: 'https://challenges.cloudflare.com/turnstile/v0/api.js', hosts: 'https://challenges.cloudflare.com' },
  hcaptcha: { name: 'hcaptcha', script: 'https://js.hcaptcha.com/1/api.js', hosts: 'https://hcaptcha.com https://*.hcaptcha.com' },
  recaptcha: { name: 'grecaptcha', script: 'https://www.google.com/recaptcha/api.js', hosts: 'https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/' },
} as const;

/** Makes the pages of a person those of a deployment with the provider. `widget` is the body of its render function. */
async function shownBy(p: Person, provider: keyof typeof providers, widget: string) {
  const { name, script, hosts } = providers[provider];
  await p.page.route((url) => url.pathname === '/signup', async (route) => {
    const answer = await route.fetch();
    const policy = (answer.headers()['content-security-policy'] ?? '').replace(/; require-trusted-types-for.*$/, '')
      .replace(/script-src 'self'/, `script-src 'self' ${hosts}`).concat(`; frame-src ${hosts}`);
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'content-security-policy': policy } });
  });
  await p.page.route('**/v1/captcha', (route) => route.fulfill({ json: { provider, siteKey: 'site-key-1' } }));
  await p.page.route((url) => url.href.startsWith(script), (route) => route.fulfill({
    contentType: 'text/javascript', body: `window.${name} = { render(box, o) { ${widget} } };`,
  }));
}

const solved = `
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "I am human: " + o.sitekey;
  button.onclick = () => o.callback("token-of-" + o.sitekey);
  box.append(button);`;

for (const provider of Object.keys(providers) as (keyof typeof providers)[]) {
  test(`${provider} is shown, and its token is sent`, async ({ person, complaints }) => {
    complaints.expectStatus(422, '/v1/signup'); // the system behind has another provider
    const page = person.page;
    await shownBy(person, provider, solved);
    await fillSignUp(person);
    const sent = page.waitForRequest('**/v1/signup');
    await page.getByRole('button', { name: 'Submit' }).click();
    await expect(page.getByText('Please complete the security check.')).toBeVisible();
    await page.getByRole('button', { name: 'I am human: site-key-1' }).click();
    expect((await sent).postDataJSON().captcha).toBe('token-of-site-key-1');
    await expect(page.locator('#problems')).toBeVisible();
    await page.getByRole('button', { name: 'Submit' }).click(); // each token is good once: there is a new widget
    await expect(page.getByRole('button', { name: 'I am human: site-key-1' })).toBeVisible();
  });
}

test('a widget that cannot be loaded says so, and sends nothing', async ({ person, complaints }) => {
  complaints.expectNoAnswer();
  const page = person.page;
  await shownBy(person, 'turnstile', solved);
  await page.route((url) => url.href.startsWith(providers.turnstile.script), (route) => route.abort());
  await fillSignUp(person);
  await expect(page.getByText('use another browser, or write to help@central.example.com')).toBeVisible();
  await page.getByRole('button', { name: 'Submit' }).click();
  await expect(page.locator('#problems')).toContainText('The security check could not run');
  expect(await person.mails()).toHaveLength(0);
});

test('a widget that fails offers to run again', async ({ person }) => {
  await shownBy(person, 'hcaptcha', 'setTimeout(() => o["error-callback"](), 0);');
  await fillSignUp(person);
  await expect(person.page.getByRole('button', { name: 'Run it again' })).toBeVisible();
  await expect(person.page.locator('#captcha')).toHaveAttribute('data-state', 'failed');
});
