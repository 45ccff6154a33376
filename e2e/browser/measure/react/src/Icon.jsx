const drawings = {
  alert: <><circle cx="12" cy="12" r="9" /><path d="M12 7.5v5.5M12 16.5v.01" /></>,
  check: <path d="m5 12.5 4.5 4.5L19 7.5" />,
  dot: <circle cx="12" cy="12" r="7.5" />,
  shield: <><path d="M12 3 5 5.8v5.4c0 4.4 2.9 8 7 9.8 4.1-1.8 7-5.4 7-9.8V5.8L12 3Z" /><path d="m9 12 2.2 2.2L15.2 10" /></>,
  spin: <path d="M12 3.5a8.5 8.5 0 1 1-8.5 8.5" />,
};

export const Icon = ({ name, className = '' }) => (
  <svg className={`icon ${className}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawings[name]}</svg>
);
