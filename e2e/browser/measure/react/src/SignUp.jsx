import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Problem, call } from '../../../../../web/static/js/api.js';
import { t } from '../../../../../web/static/js/words.js';
import { CaptchaBox, useCaptcha } from './captcha.jsx';
import { Field, Password, Wrong, good } from './fields.jsx';
import { Icon } from './Icon.jsx';

const ids = ['email', 'password', 'confirm', 'terms'];

function check({ email, password, confirm, terms }) {
  const wrong = [];
  if (!/^\S+@\S+$/.test(email.trim())) wrong.push({ field: 'email', text: t('signup.js.email') });
  if (!password) wrong.push({ field: 'password', text: t('password.enter') });
  else if (!good(password)) wrong.push({ field: 'password', text: t('password.unmet') });
  if (password !== confirm) wrong.push({ field: 'confirm', text: t('password.differ') });
  if (!terms) wrong.push({ field: 'terms', text: t('signup.js.terms') });
  return wrong;
}

function mistakesOf(error) {
  if (!(error instanceof Problem)) return [{ field: '', text: t('captcha.failed') }];
  if (error.errors.length === 0) return [{ field: '', text: error.message }];
  return error.errors.map((e) => ({ field: e.pointer.split('/')[1] ?? '', text: e.text }));
}

async function send({ email, password }, captcha) {
  const { version } = await call('GET', '/v1/terms');
  const answer = await call('POST', '/v1/signup', {
    email: email.trim(), password, captcha, terms: { version, accepted: true }, locale: document.documentElement.lang,
  });
  sessionStorage.setItem('signup', JSON.stringify({ id: answer.signupId, email: answer.email, resendAt: Date.now() + answer.resendAfter * 1000 }));
  location.assign('/check-inbox');
}

/** A message in which [words] are links. */
const Linked = ({ text, to }) => t(text).split(/[[\]]/).map((part, i) => (i % 2 ? <a key={i} href={to[i >> 1]}>{part}</a> : part));

function Summary({ mistakes }) {
  const box = useRef(null);
  useEffect(() => {
    if (mistakes.length > 0) box.current.focus();
  }, [mistakes]);
  const go = (event, field) => {
    event.preventDefault();
    document.getElementById(field).focus();
  };
  return (
    <div className="error-summary" role="alert" tabIndex={-1} aria-labelledby="problems-title" hidden={mistakes.length === 0} ref={box}>
      <h2 id="problems-title"><Icon name="alert" />{t('form.problem')}</h2>
      <ul>
        {mistakes.map(({ field, text }) => (
          <li key={field + text}>{ids.includes(field) ? <a href={`#${field}`} onClick={(e) => go(e, field)}>{text}</a> : text}</li>
        ))}
      </ul>
    </div>
  );
}

function Form({ setMistakes, mistakes }) {
  const [values, setValues] = useState({ email: '', password: '', confirm: '', terms: false });
  const busy = useRef(false), captcha = useCaptcha();
  const error = (field) => mistakes.find((m) => m.field === field)?.text;
  const bound = (id) => ({ id, value: values[id], error: error(id), onChange: (e) => setValues({ ...values, [id]: e.target.value }) });
  const run = () => captcha.answer().catch(() => {}); // the box says so

  // React listens at the root, and that before the form exists: now that it does, it works.
  useLayoutEffect(() => void performance.mark('interactive'), []);

  async function submit(event) {
    event.preventDefault();
    if (busy.current) return;
    const wrong = check(values);
    setMistakes(wrong);
    if (wrong.length > 0) return;
    busy.current = true;
    try {
      await send(values, await captcha.answer());
    } catch (e) {
      setMistakes(mistakesOf(e));
    } finally {
      busy.current = false;
      captcha.reset();
    }
  }

  return (
    <form className="form" method="post" noValidate onSubmit={submit} onFocus={captcha.state === 'idle' ? run : undefined}>
      <Field {...bound('email')} label={t('field.email')} hint={t('signup.email.hint')} type="email" autoComplete="email" autoCapitalize="none" spellCheck={false} />
      <Password {...bound('password')} label={t('field.password')} checked />
      <Password {...bound('confirm')} label={t('field.confirm')} />
      <CaptchaBox state={captcha.state} onAgain={run} />
      <div className={error('terms') ? 'field is-invalid' : 'field'}>
        <Wrong id="terms" text={error('terms')} />
        <div className="check">
          <input type="checkbox" id="terms" required checked={values.terms} onChange={(e) => setValues({ ...values, terms: e.target.checked })} />
          <label htmlFor="terms"><Linked text="signup.agree" to={['/terms', '/privacy']} /></label>
        </div>
      </div>
      <button className="btn btn--primary btn--block" type="submit">{t('form.submit')}</button>
    </form>
  );
}

export function SignUp() {
  const [mistakes, setMistakes] = useState([]);
  return (
    <div className="split__main">
      <header className="split__head"><a className="brand" href="/"><span>Central</span></a></header>
      <main className="split__form" id="main">
        <Summary mistakes={mistakes} />
        <div className="field"><h1>{t('signup.heading')}</h1><p className="lede"><Linked text="signup.have" to={['/login']} /></p></div>
        <Form mistakes={mistakes} setMistakes={setMistakes} />
      </main>
      <footer className="split__foot"><a href="/terms">{t('terms.title')}</a><a href="/privacy">{t('privacy.title')}</a></footer>
    </div>
  );
}
