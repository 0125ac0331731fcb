import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Portal } from './Portal.tsx';
// in this order: later ones refine earlier ones
import './styles/page.css';
import './styles/controls.css';
import './styles/sending.css';
import './styles/submissions.css';

const root = document.getElementById('portal');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Portal />
    </StrictMode>,
  );
}
