module example.com/llm-worker

go 1.22
