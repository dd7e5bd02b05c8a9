// The console: the page at `/`. Built by lib/build-console.ts.
import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/parts.css';
import './styles/forms.css';
import './styles/tables.css';
import './styles/task.css';
import { keepPreferences } from './app/preferences.ts';
import { startLive } from './app/start-live.ts';
import { AppRoot } from './app-root.tsx';

keepPreferences();
startLive();
const root = document.getElementById('app');
if (root) render(<AppRoot />, root);
