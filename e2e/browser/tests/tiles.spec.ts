// The tiles of the home page are products that log people in with Central.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from '../support/person.ts';
import { buildCentral } from '../support/reviewer.ts';

const central = (issuer: string, ...args: string[]) =>
  JSON.parse(execFileSync(resolve(import.meta.dirname, '../../../.local/bin/central'), [...args, '--local', issuer, '--json', '--yes'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })) as { id: string };

test('a tile leads to its product once the account has what that needs', async ({ person, baseURL }) => {
  buildCentral();
  const issuer = baseURL ?? '', address = 'http://127.0.0.1:4000/login';
  const { id } = central(issuer, 'client', 'add', '--name', 'Tile', '--redirect', 'http://127.0.0.1:4000/cb', '--initiate-login', address, '--product', 'click-to-call', '--needs', 'details');
  try {
    await person.loggedIn();
    const tile = person.page.locator('[data-product=click-to-call]');
    await person.page.goto('/');
    await expect(tile.locator('.product__needs')).toHaveText('Needs your account details');
    await expect(tile.getByRole('link')).toHaveCount(0);
    await person.withDetails();
    await person.page.goto('/');
    await expect(tile.getByRole('link', { name: 'Click to Call' })).toHaveAttribute('href', address);
    await expect(tile.locator('.product__needs')).toHaveText('Ready to use');
    await expect(person.page.locator('[data-product=inbound-ivr] .product__needs')).toHaveText('Needs your KYC');
  } finally {
    central(issuer, 'client', 'remove', id);
  }
});
