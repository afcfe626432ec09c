// What the studio gains with JavaScript. Every form works without it.
"use strict";
