import './base.css';
import './plot.css';
import './run.css';
import './live.css';
import './plan.css';
import './panel.css';
import './header.css';
