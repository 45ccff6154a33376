// The way from "never heard of us" to a submitted case, as people take it.
import { expect, test } from '../support/person.ts';
import { giveDetails, giveKyc, logIn, signUp, verify } from '../support/steps.ts';

test('an individual with a mobile gets from sign-up to a submitted case', async ({ person }) => {
  await signUp(person);
  await verify(person);
  await logIn(person);
  await giveDetails(person, 'Individual');
  await giveKyc(person, 'individual', 'Individual');
  await person.takeCookies();
  expect((await person.kycCase()).status).toBe('submitted');
});

test('a company with a landline gets from sign-up to a submitted case', async ({ person }) => {
  await signUp(person);
  await verify(person);
  await logIn(person);
  await giveDetails(person, 'Company');
  await giveKyc(person, 'private_limited', 'Private limited company');
});
