import { PLAN_STYLE } from '../../frame/profile-html.ts'

/** Everything that a page looks like. */
export const STYLE = `body{font:14px/1.45 system-ui,sans-serif;margin:0 auto;padding:1.5rem 2rem 4rem;max-width:1040px;color:#1d2733}
nav{display:flex;gap:1.2rem;padding-bottom:.8rem;border-bottom:1px solid #dde4ea;margin-bottom:1.2rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.25rem .8rem .25rem 0;border-bottom:1px solid #e6ebf0;text-align:left;vertical-align:top}
th{color:#566473;font-weight:500}td.n,th.n{text-align:right}caption{text-align:left;color:#566473;padding-bottom:.4rem}td em{color:#8fa3b6}
h1{font-size:1.4rem;margin:.2rem 0 .6rem}h2{font-size:1.05rem;margin:2rem 0 .6rem}a{color:#14539a;text-decoration:none}a:hover{text-decoration:underline}
meter{width:9rem;height:.8rem}code{background:#f1f4f7;padding:.1rem .3rem;border-radius:3px}svg{max-width:100%;height:auto}
.ranges rect{fill:steelblue}.ranges text{font-size:10px;fill:#566473}
${PLAN_STYLE}`
