import './base.css';
import './run.css';
import './live.css';
import './plot.css';
