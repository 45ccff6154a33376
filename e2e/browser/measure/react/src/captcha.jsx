import { useRef, useState } from 'react';
import { call } from '../../../../../web/static/js/api.js';
import { t } from '../../../../../web/static/js/words.js';
import { Icon } from './Icon.jsx';

const spare = 60_000; // ms before its end that a challenge is solved again

function solve(challenge) {
  const worker = new Worker(new URL('../../../../../web/static/js/entry/captcha-worker.js', import.meta.url));
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(btoa(JSON.stringify(data.solution))));
    worker.onerror = () => reject(new Error('the worker did not start'));
    worker.postMessage(challenge);
  }).finally(() => worker.terminate());
}

async function ask() {
  const { provider, etag, ...challenge } = await call('GET', '/v1/captcha');
  if (provider === 'off') return { solved: '', until: Infinity };
  return { solved: await solve(challenge), until: challenge.parameters.expiresAt * 1000 - spare };
}

/** The proof of work: what it does now, what starts it, what forgets it. */
export function useCaptcha() {
  const [state, setState] = useState('idle');
  const asked = useRef(null);
  const reset = () => {
    asked.current = null;
    setState('idle');
  };
  const answer = async () => {
    if (asked.current && (await asked.current).until < Date.now()) asked.current = null;
    if (!asked.current) {
      setState('busy');
      asked.current = ask();
      asked.current.then(() => setState('done'), () => {
        asked.current = null;
        setState('failed');
      });
    }
    return (await asked.current).solved;
  };
  return { state, answer, reset };
}

export const CaptchaBox = ({ state, onAgain }) => (
  <div className="human" data-state={state}>
    <div className="human__state">
      <Icon name="shield" className="idle" /><Icon name="spin" className="busy spin" /><Icon name="check" className="done" /><Icon name="alert" className="failed" />
    </div>
    <div>
      <strong role="status">{t(`captcha.${state}`)}</strong><span>{t(state === 'failed' ? 'captcha.help' : 'captcha.more')}</span>{' '}
      {state === 'failed' && <button className="linkbtn" type="button" onClick={onAgain}>{t('captcha.again')}</button>}
    </div>
  </div>
);
