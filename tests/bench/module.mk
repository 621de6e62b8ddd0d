# The benches, run shortly, and the plots.
testprogs: $(addprefix $(OUT)/bench/,scan null_relay load requests log.txt)
