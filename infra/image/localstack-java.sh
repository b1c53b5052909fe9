#!/bin/sh
# What LocalStack takes for its Java: it starts DynamoDB Local as one jar with an agent, both from its
# own downloads. Here the jars are Amazon's own from Maven, without the agent.
set -f
kept=""
main=""
for word in "$@"; do
  case "$word" in
    -javaagent:*) ;;
    -Djava.library.path=*) kept="$kept -Djava.library.path=/opt/dynamodb-local" ;;
    -jar) main="next" ;;
    *)
      if [ "$main" = "next" ]; then
        main=""
        kept="$kept -cp /opt/dynamodb-local/* software.amazon.dynamodb.services.local.main.ServerRunner"
      else
        kept="$kept $word"
      fi
      ;;
  esac
done
exec /usr/bin/java $kept
