import { useState } from 'react';
import { t } from '../../../../../web/static/js/words.js';
import { Icon } from './Icon.jsx';

export const Wrong = ({ id, text }) => (
  <p className="error" id={`${id}-error`} hidden={!text}>
    <Icon name="alert" className="icon--s" /><span><span className="vh">{t('form.error')} </span>{text}</span>
  </p>
);

/** What a control and those that describe it have in common. */
const control = (id, error, described) => ({
  id, name: id, className: 'control', required: true, 'aria-invalid': error ? true : undefined,
  'aria-describedby': [described, error && `${id}-error`].filter(Boolean).join(' ') || undefined,
});

export function Field({ id, label, hint, error, ...more }) {
  return (
    <div className={error ? 'field is-invalid' : 'field'}>
      <label className="label" htmlFor={id}>{label}</label>
      <p className="hint" id={`${id}-hint`}>{hint}</p>
      <Wrong id={id} text={error} />
      <input {...control(id, error, `${id}-hint`)} {...more} />
    </div>
  );
}

const rules = {
  length: (s) => [...s].length >= 8,
  upper: (s) => /\p{Lu}/u.test(s),
  lower: (s) => /\p{Ll}/u.test(s),
  digit: (s) => /\p{Nd}/u.test(s),
  special: (s) => /[^\p{Lu}\p{Ll}\p{Nd}]/u.test(s),
};

export const good = (s) => Object.values(rules).every((rule) => rule(s.normalize('NFKC')));

export function Password({ id, label, error, checked = false, value, ...more }) {
  const [shown, setShown] = useState(false);
  const says = t(shown ? 'password.hide' : 'password.show');
  return (
    <div className={error ? 'field is-invalid' : 'field'}>
      <label className="label" htmlFor={id}>{label}</label>
      <Wrong id={id} text={error} />
      <div className="group">
        <input {...control(id, error, checked && `${id}-checks`)} type={shown ? 'text' : 'password'} value={value}
          autoComplete="new-password" autoCapitalize="none" spellCheck={false} {...more} />
        <button className="group__btn" type="button" aria-controls={id} aria-label={`${says}: ${label}`} onClick={() => setShown(!shown)}>{says}</button>
      </div>
      {checked && <Checklist id={id} value={value} />}
    </div>
  );
}

function Checklist({ id, value }) {
  const password = value.normalize('NFKC');
  return (
    <ul className="checks" id={`${id}-checks`} role="list">
      {Object.entries(rules).map(([name, rule]) => (
        <li key={name} className={rule(password) ? 'is-met' : ''}>
          <Icon name="dot" className="icon--s unmet" /><Icon name="check" className="icon--s met" />
          <span>{t(`password.rule.${name}`)}</span><span className="vh">{rule(password) && `: ${t('password.met')}`}</span>
        </li>
      ))}
    </ul>
  );
}
