import { createRoot } from 'react-dom/client';
import '../../../../../web/static/app.css';
import { SignUp } from './SignUp.jsx';

createRoot(document.getElementById('root')).render(<SignUp />);
