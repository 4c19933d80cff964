import './base.css';
import './run.css';
import './live.css';
import './plot.css';
import './plan.css';
import './panel.css';
import './header.css';
