import { expect, test } from '../support/person.ts';

test('a broken service is broken until it is mended', async ({ person, faults }) => {
  await person.verified();
  await faults.set({ service: 'dynamodb', mode: '500' });
  expect((await person.api.call('GET', '/v1/account')).status).toBeGreaterThanOrEqual(400);
  const broken = await person.api.call('POST', '/v1/login', { email: person.email, password: person.password });
  expect(broken.status).toBe(503);
  await faults.clear();
  await person.loggedIn();
});
