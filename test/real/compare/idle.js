console.log("ready");
setInterval(() => {}, 3_600_000);
