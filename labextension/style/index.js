import './base.css';
import './plot.css';
import './run.css';
