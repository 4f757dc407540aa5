// The module worker of checks.js: multiplies what it is sent.
self.onmessage = ({ data }) => {
  self.postMessage(data.numbers.reduce((product, number) => product * number, 1));
};
