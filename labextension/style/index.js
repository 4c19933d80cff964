import './base.css';
import './plot.css';
import './run.css';
import './live.css';
