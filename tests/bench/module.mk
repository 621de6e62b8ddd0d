# The scanner's bench, run shortly, and its plots.
testprogs: $(OUT)/bench/scan
