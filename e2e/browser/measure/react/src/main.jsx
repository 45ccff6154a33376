import { createRoot } from 'react-dom/client';
import '../../../../../web/styles/base.css';
import '../../../../../web/styles/layout.css';
import '../../../../../web/styles/forms.css';
import '../../../../../web/styles/controls.css';
import '../../../../../web/styles/navigation.css';
import '../../../../../web/styles/pages.css';
import '../../../../../web/styles/account.css';
import '../../../../../web/styles/kyc.css';
import '../../../../../web/styles/utilities.css';
import { SignUp } from './SignUp.jsx';

createRoot(document.getElementById('root')).render(<SignUp />);
